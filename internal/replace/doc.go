// Package replace puts a new text in a file's place: whole or not at all, and never
// over somebody else's edit.
//
//   - What is replaced is what was read: device, inode, size and times are compared
//     right before, and on Linux and macOS what was taken out is looked at too. Where
//     it is another, it goes back and the new text is dropped.
//   - Two runs of ours wait for one another, file by file, with an advisory lock on
//     the file itself: it ends with the process and leaves nothing behind.
//   - Owner, group, mode, extended attributes and access control lists are kept, or
//     the file is left as it is. Only other hard links keep the old text.
//   - A new text has no name until it is whole, where the file system can do that
//     (Linux's O_TMPFILE). What a killed run leaves bears a name that nobody else
//     gives, has the file's owner and mode, and is removed by Sweep.
//
// Elsewhere than on Linux and macOS there is no lock, and of a file's attributes only
// the mode is kept.
package replace
