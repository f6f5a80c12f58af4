// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.gitlb.apiserver.http;

import org.jspecify.annotations.NullMarked;
