package io.vestibule.gateway.log.core;

/**
 * Where messages of an append went.
 *
 * @param epoch of the log
 * @param lineage of the shard
 * @param versionBefore of the log before the first of them; 0 if there was no log
 * @param firstVersion of the first that is new; the next has one more
 * @param offsets of each; negative for one that the log had already, at minus that offset
 */
public record Appended(long epoch, long lineage, long versionBefore, long firstVersion, long... offsets) {}
