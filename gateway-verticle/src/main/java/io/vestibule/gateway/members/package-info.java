/** Who is a member of which topics: what servers say of it, and what the event loops of a node know of the users that are on it. */
package io.vestibule.gateway.members;
