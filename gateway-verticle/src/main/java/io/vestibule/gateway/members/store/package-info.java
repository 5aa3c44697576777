/** Where members of topics are kept: the memory of the cluster, or Redis. What a shard does is decided in {@link io.vestibule.gateway.members.core}. */
package io.vestibule.gateway.members.store;
