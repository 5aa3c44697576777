/** Where topic logs are kept: the memory of the cluster, or Redis. What a log does is decided in {@link io.vestibule.gateway.log.core}. The only users of Hazelcast and Redis in the gateway. */
package io.vestibule.gateway.log.store;
