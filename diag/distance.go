package diag

// Distance counts the letters to put in, take out or change between two words, in
// bytes or in runes as they are given. It is what "did you mean" goes by.
func Distance[S ~[]E, E comparable](a, b S) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
			changed := diagonal
			if a[i] != b[j] {
				changed++
			}
			diagonal, row[j+1] = row[j+1], min(changed, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
