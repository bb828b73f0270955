"""The parts that a stage is cut into."""

import pytest

from seq2seq.errors import UserError
from seq2seq.runtime.shards import WHOLE, Shard


@pytest.mark.parametrize("sentences", [0, 1, 7, 16, 100])
@pytest.mark.parametrize("count", [1, 3, 16])
def test_all_parts_in_order_are_the_whole_and_about_equal(sentences: int, count: int) -> None:
    parts = [Shard(number, count).of(sentences) for number in range(1, count + 1)]
    assert [place for part in parts for place in part] == list(range(sentences))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_a_part_is_named_as_snakemake_names_it() -> None:
    assert Shard.parse("2-of-16") == Shard(2, 16)
    assert Shard.parse("1-of-1") == WHOLE


@pytest.mark.parametrize("name", ["", "2", "0-of-3", "4-of-3", "1-of-0", "-1-of-3", "1-of-3 "])
def test_another_name_is_refused(name: str) -> None:
    with pytest.raises(UserError, match="is not the name of a shard, such as 2-of-16"):
        Shard.parse(name)
