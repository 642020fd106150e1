# ruff: noqa: PTH123
"""json, csv and configparser files.

must: ok
"""

import configparser
import csv
import json


def double(x):
    with open("config.json", "w") as file:
        json.dump({"factor": 2}, file, indent=2)
    with open("log.csv", "w", newline="") as file:
        csv.writer(file).writerows([["epoch", "loss"], [1, 0.5]])
    with open("log.csv") as file:
        assert next(csv.DictReader(file))["loss"] == "0.5"
    configparser.ConfigParser().read_string("[a]\nb = 1\n")
    with open("config.json") as file:
        return json.load(file)["factor"] * x
