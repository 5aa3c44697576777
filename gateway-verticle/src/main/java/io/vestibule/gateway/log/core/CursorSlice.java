package io.vestibule.gateway.log.core;

/**
 * Where somebody is in a log, and what comes after that.
 *
 * @param cursor the one asked for; else the furthest of its kind in the log's epoch, under its own name; null where there is neither
 * @param lineage of the shard; 0 where there is none
 * @param slice what comes after it; from the beginning where there is none, or where it is in another epoch
 */
public record CursorSlice(Cursor cursor, long lineage, Slice slice) {}
