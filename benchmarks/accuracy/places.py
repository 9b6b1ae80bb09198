"""Invented places for homes that have none, always the same for the same home."""

import hashlib

import numpy as np
import polars as pl

from portcullis.scenarios.draws import below, digits, hashed_uniforms, weighted, words
from portcullis.scenarios.vocabulary import towns


def placed(homes: pl.Series) -> pl.DataFrame:
    """Return ``place_city, place_state, place_zipcode`` of each home; like homes, like places."""
    distinct = homes.unique(maintain_order=True)
    keys = np.array([_key(home) for home in distinct], dtype=np.uint64).astype(np.int64)
    known = towns()
    town = weighted(hashed_uniforms(keys, 1), known.weights)
    zips = known.first_zip[town] + below(hashed_uniforms(keys, 2), known.zips[town])
    places = pl.DataFrame(
        {
            "home": distinct,
            "place_city": words(known.names, town),
            "place_state": words(known.states, town),
            "place_zipcode": digits(zips, 5),
        }
    )
    return (
        pl.DataFrame({"home": homes})
        .join(places, on="home", how="left", maintain_order="left")
        .drop("home")
    )


def _key(home: str) -> int:
    return int.from_bytes(hashlib.sha256(home.encode()).digest()[:8], "big") >> 1
