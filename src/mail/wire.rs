//! A connection that begins in clear, read no further than each line's end.
//!
//! lettre reads ahead, and what it holds when TLS begins it takes for an answer that came by TLS:
//! whoever is on the way could put answers behind the one to STARTTLS (CVE-2011-0411). Of what is
//! read line by line nothing is held then. What follows the answer is left to the handshake, which
//! it breaks.

use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Most bytes that are read at a time in clear.
const LINE_BYTES: usize = 512;
/// What a handshake of TLS begins with, and no command (RFC 8446 §5.1).
const HANDSHAKE: u8 = 22;

/// A connection on which TLS has not begun, or has.
#[derive(Debug)]
pub struct Wire {
    tcp: TcpStream,
    in_clear: bool,
}

impl Wire {
    /// Over this connection, on which nothing was said yet.
    pub fn new(tcp: TcpStream) -> Self {
        Self { tcp, in_clear: true }
    }

    fn notice(&mut self, written: &[u8]) {
        self.in_clear &= written.first() != Some(&HANDSHAKE);
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.in_clear {
            return Pin::new(&mut self.tcp).poll_read(cx, buf);
        }
        let mut bytes = [0; LINE_BYTES];
        let room = buf.remaining().min(LINE_BYTES);
        let there = ready!(self.tcp.poll_peek(cx, &mut ReadBuf::new(&mut bytes[..room])))?;
        let end = bytes[..there].iter().position(|byte| *byte == b'\n');
        let mut line = ReadBuf::new(&mut bytes[..end.map_or(there, |end| end + 1)]);
        ready!(Pin::new(&mut self.tcp).poll_read(cx, &mut line))?;
        buf.put_slice(line.filled());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.notice(bytes);
        Pin::new(&mut self.tcp).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let first = parts.iter().find(|part| !part.is_empty());
        self.notice(first.map_or(&[][..], |part| &part[..]));
        Pin::new(&mut self.tcp).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}

impl AsyncTokioStream for Wire {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.peer_addr()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn a73_until_a_handshake_begins_no_read_goes_beyond_a_line() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut wire = Wire::new(TcpStream::connect(address).await.unwrap());
        let (mut server, _) = listener.accept().await.unwrap();
        let long = "x".repeat(2 * LINE_BYTES);
        let said = format!("220 go\r\n250-more\r\n{long}\r\n250 of\r\n");
        server.write_all(said.as_bytes()).await.unwrap();
        let mut bytes = [0; 4096];
        let (mut reads, mut all) = (vec![], String::new());
        while all.len() < said.len() {
            let length = wire.read(&mut bytes).await.unwrap();
            let read = String::from_utf8(bytes[..length].to_vec()).unwrap();
            all.push_str(&read);
            reads.push(read);
        }
        assert_eq!(all, said);
        assert_eq!(reads[..2], ["220 go\r\n", "250-more\r\n"]);
        assert!(reads.iter().all(|read| !read.trim_end_matches('\n').contains('\n')), "{reads:?}");

        server.write_all(b"a\nb\nc").await.unwrap();
        assert_eq!(wire.read(&mut bytes[..1]).await.unwrap(), 1, "as much as there is room for");
        wire.write_all(&[HANDSHAKE, 3, 1]).await.unwrap();
        assert_eq!(wire.read(&mut bytes).await.unwrap(), 4, "TLS knows no lines");
    }
}
