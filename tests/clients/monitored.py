"""What Prometheus has scraped of the program that serves monitored.yaml, and what an OTLP collector was sent.

usage: monitored.py requests HOST:PORT
       monitored.py prometheus URL
       monitored.py collected FILE
"""

import json
import pathlib
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

API = "sl3sd54wi3"
TRACE = "0af7651916cd43dd8448eb211c80319c"
CALLER = "b7ad6b7169203331"

# Paths, with the status of each.
REQUESTS = [
    (f"/{API}/prod/fine", 200),
    (f"/{API}/prod/things/1", 200),
    (f"/{API}/prod/unknown", 403),
    (f"/{API}/next/fine", 200),
    ("/nobody", 403),
]

# Queries, with what each has to give: the labels and the number of its series.
QUERIES = [
    ("up", [({"job": "vestibule"}, 1)]),
    (
        "vestibule_api_requests_total",
        [
            ({"stage": "next", "canary": "true"}, 1),
            ({"stage": "prod"}, 1),
            ({"stage": "prod", "resource": "/fine", "method": "GET"}, 1),
            ({"stage": "prod", "resource": "/things/{id}", "method": "GET"}, 1),
        ],
    ),
    ('sum by (api) (vestibule_api_requests_total)', [({}, 4)]),
    ('sum(vestibule_api_4xx_errors_total{stage="prod"})', [({}, 1)]),
    ('sum(vestibule_api_latency_seconds_count)', [({}, 4)]),
    ('vestibule_dynamodb_calls_total', [({"action": "GetItem"}, 1)]),
    ('vestibule_unrouted_requests_total', [({"status": "403"}, 1)]),
    ('vestibule_access_log_lost_lines_total', [({}, 0)]),
    ('histogram_quantile(1, sum by (le) (vestibule_api_latency_seconds_bucket)) > bool 0', [({}, 1)]),
    ('count(ALERTS) or vector(0)', [({}, 0)]),
]


def wrong(what):
    sys.exit(f"WRONG {what}")


def requests(address):
    for path, expected in REQUESTS:
        request = urllib.request.Request(f"http://{address}{path}")
        request.add_header("traceparent", f"00-{TRACE}-{CALLER}-01")
        try:
            status = urllib.request.urlopen(request, timeout=10).status
        except urllib.error.HTTPError as error:
            status = error.code
        if status != expected:
            wrong(f"{path} got {status}, not {expected}")
    print(f"ok {len(REQUESTS)} requests")


def asked(url, query):
    with urllib.request.urlopen(f"{url}/api/v1/query?{urllib.parse.urlencode({'query': query})}", timeout=10) as answer:
        result = json.load(answer)["data"]["result"]
    shown = []
    for series in result:
        labels = {name: value for name, value in series["metric"].items() if name not in ("__name__", "instance", "api")}
        if query != "up":
            labels.pop("job", None)
        shown.append((labels, float(series["value"][1])))
    return sorted(shown, key=str)


def prometheus(url):
    for query, expected in QUERIES:
        found = None
        # It scrapes once a second.
        for _ in range(100):
            try:
                found = asked(url, query)
            except urllib.error.URLError as error:
                found = error
            if found == sorted(expected, key=str):
                break
            time.sleep(0.1)
        else:
            wrong(f"`{query}` is {found}, not {expected}")
        print(f"ok {query}")


def collected(path):
    text = pathlib.Path(path).read_text()
    spans = re.findall(r"Trace ID +: (\w+)\n +Parent ID +: (\w*)\n +ID +: (\w+)\n +Name +: (.+)\n +Kind +: (\w+)", text)
    by_name = {name: (trace, parent, own, kind) for trace, parent, own, name, kind in spans}
    request = by_name.get("GET /things/{id}")
    call = by_name.get("DynamoDB GetItem")
    if not request or (request[0], request[1], request[3]) != (TRACE, CALLER, "SPAN_KIND_SERVER"):
        wrong(f"the span of a request is {request} among {sorted(by_name)}")
    if not call or (call[0], call[1], call[3]) != (TRACE, request[2], "SPAN_KIND_CLIENT"):
        wrong(f"the span of its call is {call}")
    if len(spans) != len(REQUESTS) + 1:
        wrong(f"there are {len(spans)} spans: {spans}")
    for part in [
        "service.name: Str(shop)",
        "http.route: Str(/things/{id})",
        "http.response.status_code: Int(403)",
        "db.operation.name: Str(GetItem)",
        "Name: vestibule_api_requests",
        "Name: vestibule_api_latency_seconds",
        "AggregationTemporality: AGGREGATION_TEMPORALITY_CUMULATIVE",
        'api: Str(shop "one")',
        "canary: Str(true)",
    ]:
        if part not in text:
            wrong(f"nothing says `{part}`")
    print(f"ok {len(spans)} spans, and metrics")


if __name__ == "__main__":
    {"requests": requests, "prometheus": prometheus, "collected": collected}[sys.argv[1]](sys.argv[2])
