// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import java.net.InetAddress;

/// Where packets are received. An interface that was replaced by one of the same name has another
/// index, and its sockets are opened anew.
///
/// @param interfaceName empty: any
/// @param index of that interface; 0 for any
/// @param local any address of the family, or our own
record PortKey(Service service, String interfaceName, int index, InetAddress local) {}
