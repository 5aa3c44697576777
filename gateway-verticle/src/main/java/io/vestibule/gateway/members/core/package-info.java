/** Members of topics, pure: no clock, no store, no bus. */
package io.vestibule.gateway.members.core;
