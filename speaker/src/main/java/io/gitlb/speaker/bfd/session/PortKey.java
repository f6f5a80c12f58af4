// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import io.gitlb.schema.value.IpFamily;

/// Where packets are received. An interface that was replaced by one of the same name has another
/// index, and its sockets are opened anew.
record PortKey(String interfaceName, int index, IpFamily family) {}
