/**
 * The waiting line as arithmetic: places, order, slots, estimates, inflow. Pure: time comes as an argument, nothing is awaited, stored or sent; what has to be is returned as
 * {@link io.vestibule.admission.core.QueueEffect}.
 */
package io.vestibule.admission.core;
