/**
 * Topics: their grammar, who is subscribed to what, and who may. Pure code: nothing here knows a socket, the bus, a clock or
 * chance. docs/protocol.md, Topics, is the source of the rules.
 */
package io.vestibule.gateway.topic;
