/**
 * A map that one node writes and another holds a copy of, over a bus that may lose, double, delay and reorder: {@link io.vestibule.cluster.replica.ReplicaSource} and
 * {@link io.vestibule.cluster.replica.ReplicaCopy}, both pure. Updates carry whole values, so they coalesce and may come twice; they are numbered, so a hole is seen; they carry a digest, so a silent
 * difference is seen too. The design is in docs/presence.md.
 */
package io.vestibule.cluster.replica;
