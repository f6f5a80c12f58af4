// SPDX-License-Identifier: Apache-2.0
/// HTTP/1.1 over TLS on virtual threads, one per connection, and watches as chunked bodies or
/// WebSockets. The JDK's own server is not used because it cannot do WebSockets, which is what most
/// clients on the JVM watch through, nor cut a connection in the middle of an answer.
@NullMarked
package io.gitlb.apiserver.http;

import org.jspecify.annotations.NullMarked;
