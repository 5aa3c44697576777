/** Durable topics at the gateway: publications on their way into the logs, and what is read of them. The design is in docs/durable.md. */
package io.vestibule.gateway.log;
