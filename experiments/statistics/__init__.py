"""What matched replicates say: pure functions of plain arrays, no files, no screen, no clock."""
