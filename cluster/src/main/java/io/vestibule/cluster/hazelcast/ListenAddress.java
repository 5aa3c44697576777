package io.vestibule.cluster.hazelcast;

import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.spi.MemberAddressProvider;
import java.net.InetSocketAddress;

/**
 * Tells Hazelcast exactly where to listen and what to tell the others, instead of letting it pick an interface.
 *
 * @param bind the address to listen on; port 0 stands for the configured range
 * @param advertised the address the others connect to; port 0 stands for the one that was free
 */
record ListenAddress(InetSocketAddress bind, InetSocketAddress advertised) implements MemberAddressProvider {
  @Override
  public InetSocketAddress getBindAddress() {
    return bind;
  }

  @Override
  public InetSocketAddress getBindAddress(EndpointQualifier qualifier) {
    return bind;
  }

  @Override
  public InetSocketAddress getPublicAddress() {
    return advertised;
  }

  @Override
  public InetSocketAddress getPublicAddress(EndpointQualifier qualifier) {
    return advertised;
  }
}
