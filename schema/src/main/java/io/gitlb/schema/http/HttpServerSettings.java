// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

import java.net.InetSocketAddress;

/// Where and how a server listens.
///
/// @param address port 0: any free one, see [HttpServer#port()]
public record HttpServerSettings(
    InetSocketAddress address, ServerSecurity security, HttpLimits limits) {}
