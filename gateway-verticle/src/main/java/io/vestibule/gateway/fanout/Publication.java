package io.vestibule.gateway.fanout;

import io.vertx.core.buffer.Buffer;

/**
 * Something to be published, checked for form and not yet for permission.
 *
 * @param topic a literal topic
 * @param data any JSON value as text in UTF-8, or null for none
 * @param eventType the application's name for this kind of message, or null
 * @param metadata a JSON object as text in UTF-8 without {@code senderId}, or null
 * @param messageId idempotency key, or null
 * @param senderId who is said to have sent it: the user id, or null for a server
 * @param exceptConnection the connection that is not to get it, or null
 */
public record Publication(
    String topic, Buffer data, String eventType, Buffer metadata, String messageId, String senderId, String exceptConnection) {}
