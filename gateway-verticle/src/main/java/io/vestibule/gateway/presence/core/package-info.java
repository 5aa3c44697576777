/** The gateway's half of presence, in pure code: what this node's connections make of their users, and what their clients are told of others. The design is in docs/presence.md. */
package io.vestibule.gateway.presence.core;
