package main

import (
	"fmt"
	"sort"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// bareRecord checks an inclusion proof by itself: digest, index, size, root, path.
func bareRecord(q *question) (answer, error) {
	hashes, err := toHashes(append([][]byte{q.Digest, q.Root}, q.Path...))
	if err != nil {
		return answer{}, err
	}
	return answer{}, tlog.CheckRecord(hashes[2:], int64(q.Size), hashes[1], int64(q.Index), hashes[0])
}

// bareGrowth checks a consistency proof by itself: both sizes and roots, path.
func bareGrowth(q *question) (answer, error) {
	hashes, err := toHashes(append([][]byte{q.OldRoot, q.Root}, q.Path...))
	if err != nil {
		return answer{}, err
	}
	return answer{}, tlog.CheckTree(hashes[2:], int64(q.Size), hashes[1], int64(q.OldSize), hashes[0])
}

// presented checks that leaf stands at index of the log whose checkpoint note is.
func presented(q *question) (answer, error) {
	tree, err := q.head(q.Note)
	if err != nil {
		return answer{}, err
	}
	path, err := toHashes(q.Path)
	if err != nil {
		return answer{}, err
	}
	return answer{}, tlog.CheckRecord(path, tree.N, tree.Hash, int64(q.Index), tlog.RecordHash(q.Leaf))
}

// grown checks that the log of note extends the log of old_note.
func grown(q *question) (answer, error) {
	before, err := q.head(q.OldNote)
	if err != nil {
		return answer{}, err
	}
	after, err := q.head(q.Note)
	if err != nil {
		return answer{}, err
	}
	path, err := toHashes(q.Path)
	if err != nil {
		return answer{}, err
	}
	return answer{}, tlog.CheckTree(path, after.N, after.Hash, before.N, before.Hash)
}

// timeRecords says what one check of cases takes (leaf hash and path): the median of rounds.
func timeRecords(q *question) (answer, error) {
	roots := make([]tlog.Hash, len(q.Cases))
	paths := make([]tlog.RecordProof, len(q.Cases))
	for i, each := range q.Cases {
		hashes, err := toHashes(append([][]byte{each.Root}, each.Path...))
		if err != nil {
			return answer{}, err
		}
		roots[i], paths[i] = hashes[0], hashes[1:]
	}
	taken := make([]float64, q.Rounds)
	for round := range taken {
		started := time.Now()
		for i := range q.Cases {
			each := &q.Cases[i]
			digest := tlog.RecordHash(each.Leaf)
			if err := tlog.CheckRecord(paths[i], int64(each.Size), roots[i], int64(each.Index), digest); err != nil {
				return answer{}, err
			}
		}
		taken[round] = float64(time.Since(started).Nanoseconds()) / float64(len(q.Cases))
	}
	sort.Float64s(taken)
	return answer{Nanoseconds: taken[len(taken)/2]}, nil
}

func toHashes(values [][]byte) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(values))
	for i, value := range values {
		if len(value) != tlog.HashSize {
			return nil, fmt.Errorf("%d bytes are no hash", len(value))
		}
		copy(hashes[i][:], value)
	}
	return hashes, nil
}

func toBytes(hashes []tlog.Hash) [][]byte {
	values := make([][]byte, len(hashes))
	for i := range hashes {
		values[i] = hashes[i][:]
	}
	return values
}
