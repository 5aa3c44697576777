package io.vestibule.presence.core;

/**
 * A user came online or went offline.
 *
 * @param topic the user's own
 * @param atMs when that was found, Unix milliseconds
 * @param lastSeenMs when the last connection was there; 0 for somebody who came
 */
public record UserEdge(String topic, String userId, boolean online, long atMs, long lastSeenMs) {}
