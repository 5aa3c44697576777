/**
 * What stores are made of: calls to entries of the grid, and to Redis. Each has a deadline, and is answered on the context of its caller. What is stored is the stores' own affair, in the modules that own
 * it.
 */
package io.vestibule.cluster.store;
