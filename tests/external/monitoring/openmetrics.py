"""Parses the metrics of a service with the parser of PyPI's prometheus_client: `python openmetrics.py URL`.

Prints each family with its type and its number of samples. A violation of the format raises an exception.
"""

import json
import sys
import urllib.request

from prometheus_client.openmetrics.parser import text_string_to_metric_families

with urllib.request.urlopen(sys.argv[1], timeout=10) as response:
    assert response.headers["Content-Type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8", response.headers
    text = response.read().decode()

families = list(text_string_to_metric_families(text))
for family in families:
    assert family.documentation.strip(), f"{family.name} has no help"
    assert family.samples or family.name.startswith(("http_server_", "db_client_")), f"{family.name} has no samples"
json.dump({family.name: [family.type, len(family.samples)] for family in families}, sys.stdout)
