package io.vestibule.gateway.members.core;

/** A user and a topic. */
public record Pair(String user, String topic) {}
