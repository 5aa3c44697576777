/**
 * The checker of durable topics: publishers who number what they send, subscribers who write down what they get, faults by a plan, and a judge who knows nothing of servers and says from what was written
 * down whether anything was lost, doubled or out of order.
 */
package io.vestibule.systemtests.check;
