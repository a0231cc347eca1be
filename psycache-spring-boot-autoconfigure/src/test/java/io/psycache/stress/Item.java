package io.psycache.stress;

/** A row of the data. Its version counts the changes that were committed. */
record Item(String way, int id, long version) {}
