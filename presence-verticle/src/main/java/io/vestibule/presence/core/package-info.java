/** Who is in the topics of one shard, in pure code: what gateways state is merged into members, and each gateway is told of the topics that it watches. The design is in docs/presence.md. */
package io.vestibule.presence.core;
