"""Coverage-guided fuzzing of the decoder with atheris: whatever the bytes, a frame or MalformedFrame, within bounds.

    pip install atheris && python tests/fuzz/fuzz_frame.py tests/fuzz/corpus -max_total_time=600

Not part of `make test` (atheris has no wheels for every Python); the corpus it found is, in test_fuzz_corpus.py.
"""

import sys

import atheris

with atheris.instrument_imports(include=["grader.values", "json"]):
    from fuzz_target import one_input

atheris.Setup(sys.argv, one_input)
atheris.Fuzz()
