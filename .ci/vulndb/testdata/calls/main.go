// Calls calls url.Parse, and nothing else of net/url.
package main

import (
	"net/url"
	"os"
)

func main() {
	if _, err := url.Parse(os.Args[0]); err != nil {
		os.Exit(1)
	}
}
