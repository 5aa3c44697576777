/** Who is typing where: what an event loop's own clients say, and what its clients are told of everybody. Pure. */
package io.vestibule.gateway.typing.core;
