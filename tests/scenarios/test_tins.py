import numpy as np

from portcullis.scenarios import tins


def test_taxpayers_never_share_and_nobodies_are_never_taxpayers():
    taxpayers = tins.of_taxpayers(np.arange(400_000))
    far = tins.of_taxpayers(np.arange(49_000_000, 49_100_000))
    nobodies = tins.of_nobody(np.arange(400_000))
    assert taxpayers.n_unique() == nobodies.n_unique() == 400_000
    assert not nobodies.str.contains(r"^9[0-9]{2}[0-4]").any()
    assert nobodies.str.contains(r"^9[0-9]{2}(?:6[6-9]|89|93)[0-9]{4}$").all()
    assert not far.is_in(taxpayers.implode()).any()


def test_no_tin_repeats_one_digit():
    taxpayers = tins.of_taxpayers(np.arange(2_000_000))
    assert not taxpayers.str.contains(r"^(?:0{9}|6{9}|9{9})$").any()
