/** Feeds: sockets that speak something simpler than the core dialect (docs/protocol.md, Event feed). */
package io.vestibule.gateway.feed;
