package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const (
	logProof  = "c2sp.org/tlog-proof@v1"
	listProof = "portcullis-list-proof/1"
)

// proofFile checks a whole .tlog-proof of two levels: leaf in the list that an entry names, that
// entry in the log, the log's checkpoint signed and cosigned.
func proofFile(q *question) (answer, error) {
	head, signed, found := bytes.Cut(q.File, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !found || len(lines) < 3 || lines[0] != logProof || !strings.HasPrefix(lines[1], "extra ") {
		return answer{}, errors.New("not the proof of a leaf in a list")
	}
	index, path, err := parsePath(lines[2:])
	if err != nil {
		return answer{}, err
	}
	entry, place, below, err := parseLower(strings.TrimPrefix(lines[1], "extra "))
	if err != nil {
		return answer{}, err
	}
	tree, err := q.head(signed)
	if err != nil {
		return answer{}, err
	}
	err = tlog.CheckRecord(path, tree.N, tree.Hash, index, tlog.RecordHash(entry))
	if err != nil {
		return answer{}, err
	}
	size, root, err := parseList(entry)
	if err != nil {
		return answer{}, err
	}
	return answer{}, tlog.CheckRecord(below, size, root, place, tlog.RecordHash(q.Leaf))
}

// parseLower reads the extra line: the entry, and the proof of the leaf in the list it names.
func parseLower(extra string) (entry []byte, place int64, path []tlog.Hash, err error) {
	lower, err := strict.DecodeString(extra)
	if err != nil {
		return nil, 0, nil, err
	}
	lines := strings.Split(string(lower), "\n")
	last := len(lines) - 1
	if last < 3 || lines[last] != "" || lines[0] != listProof || !strings.HasPrefix(lines[1], "entry ") {
		return nil, 0, nil, errors.New("the extra line speaks of no list")
	}
	entry, err = strict.DecodeString(strings.TrimPrefix(lines[1], "entry "))
	if err != nil {
		return nil, 0, nil, err
	}
	place, path, err = parsePath(lines[2:last])
	return entry, place, path, err
}

// parseList reads the size and the root of the list that an entry of the log names.
func parseList(entry []byte) (int64, tlog.Hash, error) {
	var named struct {
		Leaves int64  `json:"leaves"`
		Root   string `json:"leaves_root"`
	}
	if err := json.Unmarshal(entry, &named); err != nil {
		return 0, tlog.Hash{}, err
	}
	root, err := hex.DecodeString(named.Root)
	if err != nil {
		return 0, tlog.Hash{}, err
	}
	hashes, err := toHashes([][]byte{root})
	if err != nil {
		return 0, tlog.Hash{}, err
	}
	return named.Leaves, hashes[0], nil
}

func parsePath(lines []string) (int64, []tlog.Hash, error) {
	digits := strings.TrimPrefix(lines[0], "index ")
	index, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || "index "+strconv.FormatInt(index, 10) != lines[0] {
		return 0, nil, errors.New("the proof has no index")
	}
	path := make([][]byte, len(lines)-1)
	for i, line := range lines[1:] {
		if path[i], err = strict.DecodeString(line); err != nil {
			return 0, nil, err
		}
	}
	hashes, err := toHashes(path)
	return index, hashes, err
}
