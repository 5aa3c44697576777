/** Presence at a gateway: brings what is decided in {@link io.vestibule.gateway.presence.core} to the owners of shards and to the event loops. */
package io.vestibule.gateway.presence;
