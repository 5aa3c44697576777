/** What durable topics do under load: publishes, and the return of everybody at once. Whoever follows a topic is judged by its offsets. */
package io.vestibule.bench.durable;
