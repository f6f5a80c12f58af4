// SPDX-License-Identifier: Apache-2.0
/// A certificate authority made at start, and the server certificate that it signs. X.509 is
/// written by hand, in the few forms that are needed: starting keytool twice takes more than a
/// second, and every test starts a server.
@NullMarked
package io.gitlb.apiserver.tls;

import org.jspecify.annotations.NullMarked;
