/** What a shard of topic logs does, whoever keeps it: appends that are done once, bounds, reading, what moved, and the joining of two histories. Pure, one thread. */
package io.vestibule.gateway.log.core;
