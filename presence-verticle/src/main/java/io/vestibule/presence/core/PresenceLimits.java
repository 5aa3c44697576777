package io.vestibule.presence.core;

/** What is told and kept of a shard at most. */
public record PresenceLimits(RoomLimits rooms, SeenLimits seen) {}
