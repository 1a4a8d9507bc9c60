"""Words for photos and clips: ``facts`` are read from names, metadata and GPS, ``compose`` writes captions from them.

One way: ``names`` and ``dates`` take a path apart, ``facts`` gathers what is known with its source, ``doubts`` tells
what speaks against it, ``phrases`` finds the term base's patterns in an officer's words, ``scene`` orders the facts,
``compose`` says them in three languages with ``teller``, ``date_words`` and ``grammar``; ``human`` reads what people
wrote, and ``guard`` (with ``refused``, ``named``, ``figures`` and ``script``) checks every text whoever wrote it.
``embed`` and ``sheet`` carry the words into files and Excel.
"""
