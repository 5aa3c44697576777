/**
 * Between the bus, the cores of the queues and their store: brings events in the order they come, commits what follows from them as groups, and says nothing that is not stored.
 * Everything here runs on the one event loop of the verticle, unless it says otherwise.
 */
package io.vestibule.admission.bus;
