package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const (
	height = 8
	width  = 1 << height
)

// folderTiles reads the tiles of a ledger's folder, or of any copy of it.
type folderTiles string

func (f folderTiles) Height() int                     { return height }
func (f folderTiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (f folderTiles) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		read, stored, err := f.read(tile)
		if err != nil {
			return nil, err
		}
		if len(read) != stored.W*tlog.HashSize {
			return nil, fmt.Errorf("%s has not its size", ourPath(stored))
		}
		data[i] = read[:tile.W*tlog.HashSize]
	}
	return data, nil
}

// read returns a tile's file and which it is: a full one stands for the partial it outgrew.
func (f folderTiles) read(tile tlog.Tile) ([]byte, tlog.Tile, error) {
	data, err := os.ReadFile(filepath.Join(string(f), ourPath(tile)))
	if errors.Is(err, os.ErrNotExist) && tile.W < width {
		tile.W = width
		data, err = os.ReadFile(filepath.Join(string(f), ourPath(tile)))
	}
	return data, tile, err
}

// ourPath writes a tile's path as c2sp.org/tlog-tiles does: no height, and bundles for data.
func ourPath(tile tlog.Tile) string {
	path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", height), "tile/", 1)
	return strings.Replace(path, "tile/data/", "tile/entries/", 1)
}

// open returns the head that the folder's checkpoint states, and its hashes, each authenticated.
func (q *question) open() (tlog.Tree, tlog.HashReader, error) {
	signed, err := os.ReadFile(filepath.Join(q.Folder, "checkpoint"))
	if err != nil {
		return tlog.Tree{}, nil, err
	}
	tree, err := q.head(signed)
	return tree, tlog.TileHashReader(tree, folderTiles(q.Folder)), err
}

// ledger reads every tile and every entry under the checkpoint, and counts the entries of each
// kind that claim no later day than by; those that cannot be read in full it names by position.
func ledger(q *question) (answer, error) {
	tree, hashes, err := q.open()
	if err != nil {
		return answer{}, err
	}
	root, err := tlog.TreeHash(tree.N, hashes)
	if err != nil {
		return answer{}, err
	}
	if root != tree.Hash {
		return answer{}, errors.New("the tiles make another root")
	}
	counts, unreadable := map[string]int64{}, []int64{}
	for first := int64(0); first < tree.N; first += width {
		bundle := tlog.Tile{H: height, L: -1, N: first / width, W: width}
		if tree.N-first < width {
			bundle.W = int(tree.N - first)
		}
		entries, err := readBundle(folderTiles(q.Folder), bundle)
		if err != nil {
			return answer{}, err
		}
		indexes := make([]int64, bundle.W)
		for i := range indexes {
			indexes[i] = tlog.StoredHashIndex(0, first+int64(i))
		}
		digests, err := hashes.ReadHashes(indexes)
		if err != nil {
			return answer{}, err
		}
		for i, digest := range digests {
			if tlog.RecordHash(entries[i]) != digest {
				return answer{}, fmt.Errorf("entry %d is not the one in the tree", first+int64(i))
			}
			if readable(entries[i]) {
				count(counts, entries[i], q.By)
			} else {
				unreadable = append(unreadable, first+int64(i))
			}
		}
	}
	return answer{Counts: counts, Unreadable: unreadable}, nil
}

// readBundle returns the first entries of a bundle, as many as the tile is wide.
func readBundle(folder folderTiles, bundle tlog.Tile) ([][]byte, error) {
	data, stored, err := folder.read(bundle)
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("%s is cut", ourPath(bundle))
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		entries, data = append(entries, data[2:end]), data[end:]
	}
	if len(entries) != stored.W {
		return nil, fmt.Errorf("%s does not hold its %d entries", ourPath(stored), stored.W)
	}
	return entries[:bundle.W], nil
}

// whole is a number as canonical JSON has it. One of more digits not every verifier reads.
var whole = regexp.MustCompile(`^(0|-?[1-9][0-9]*)$`)

const mostDigits = 4300

// asWritten undoes what Go escapes, and canonical JSON does not or does in another way.
var asWritten = strings.NewReplacer(`\\`, `\\`, `\u2028`, "\u2028", `\u2029`, "\u2029",
	`\u0008`, `\b`, `\u000c`, `\f`)

// readable says whether an entry is a canonical JSON object that every verifier reads in full.
func readable(entry []byte) bool {
	var value map[string]interface{}
	decoder := json.NewDecoder(bytes.NewReader(entry))
	decoder.UseNumber()
	if decoder.Decode(&value) != nil || value == nil {
		return false
	}
	var again bytes.Buffer
	encoder := json.NewEncoder(&again)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(value) != nil || asWritten.Replace(again.String()) != string(entry)+"\n" {
		return false
	}
	tokens := json.NewDecoder(bytes.NewReader(entry))
	tokens.UseNumber()
	for token, err := tokens.Token(); err == nil; token, err = tokens.Token() {
		number, isNumber := token.(json.Number)
		long := len(strings.TrimPrefix(string(number), "-")) > mostDigits
		if isNumber && (long || !whole.MatchString(string(number))) {
			return false
		}
	}
	return true
}

// count adds an entry to those of its kind, if the day it claims is not after by.
func count(counts map[string]int64, entry []byte, by string) {
	var said struct{ At, Kind string }
	err := json.Unmarshal(entry, &said)
	if err == nil && said.Kind != "" && len(said.At) >= len(by) && said.At[:len(by)] <= by {
		counts[said.Kind]++
	}
}

// prove returns Go's own inclusion proof of index in the log of size, read from our tiles.
func prove(q *question) (answer, error) {
	_, hashes, err := q.open()
	if err != nil {
		return answer{}, err
	}
	path, err := tlog.ProveRecord(int64(q.Size), int64(q.Index), hashes)
	return answer{Path: toBytes(path)}, err
}

// proveGrown returns Go's own consistency proof from old_size to size, read from our tiles.
func proveGrown(q *question) (answer, error) {
	_, hashes, err := q.open()
	if err != nil {
		return answer{}, err
	}
	path, err := tlog.ProveTree(int64(q.Size), int64(q.OldSize), hashes)
	return answer{Path: toBytes(path)}, err
}
