"""What a user asks for: each job joins rooms of the floor below; ``prepare`` alone joins other jobs."""
