"""Runs a documented verifier: reads one token a line, and writes its claims or the name of the error as one line of JSON."""
import json
import sys
from pathlib import Path

names = {}
exec(compile(Path(sys.argv[1]).read_text(), sys.argv[1], "exec"), names)
print("ready", flush=True)
for line in sys.stdin:
    try:
        result = {"claims": dict(names["verify"](line.strip()))}
    except Exception as error:
        result = {"error": type(error).__name__}
    print(json.dumps(result), flush=True)
