/** Presence on the bus: what gateways state comes in, what they are told goes out, questions are answered, and applications hear who comes online and goes offline. The design is in docs/presence.md. */
package io.vestibule.presence.bus;
