/**
 * The waiting line in a world made of arithmetic: people, gateways, a store and coordinators on a virtual clock, and in the middle the core that runs in production, as it is. What comes out is
 * measured by an observer that shares no code with the core.
 */
package io.vestibule.bench.admission;
