package io.vestibule.admission.bus;

/** Calls back later, on the event loop of the verticle. */
interface Timers {

  /**
   * Calls the task once.
   *
   * @return takes it back, if it has not run
   */
  Runnable after(long millis, Runnable task);
}
