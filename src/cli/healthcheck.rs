//! `regain healthcheck`: one small GET, since the image holds no other program that could ask.

use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use url::Url;

use super::output::Failure;

/// Longest wait for the connection, and for each byte after it.
const WAIT: Duration = Duration::from_secs(3);

/// Succeeds if `url` answers 200.
pub(super) fn run(url: &str) -> Result<(), Failure> {
    match ask(url) {
        Ok(200) => Ok(()),
        Ok(status) => Err(Failure::new(format!("{url} answered {status}"))),
        Err(problem) => Err(Failure::new(format!("{url}: {problem}"))),
    }
}

fn ask(url: &str) -> Result<u16, String> {
    let url = Url::parse(url).map_err(|error| error.to_string())?;
    let host = url.host_str().filter(|_| url.scheme() == "http").ok_or("must be http://")?;
    let port = url.port_or_known_default().unwrap_or(80);
    let text = |error: std::io::Error| error.to_string();
    let mut addresses = (host.trim_matches(['[', ']']), port).to_socket_addrs().map_err(text)?;
    let address = addresses.next().ok_or("has no address")?;
    let mut stream = TcpStream::connect_timeout(&address, WAIT).map_err(text)?;
    stream.set_read_timeout(Some(WAIT)).map_err(text)?;
    stream.set_write_timeout(Some(WAIT)).map_err(text)?;
    let path = url.path();
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).map_err(text)?;
    let mut line = [0; "HTTP/1.1 200".len()];
    stream.read_exact(&mut line).map_err(text)?;
    let status = line.strip_prefix(b"HTTP/1.").and_then(|rest| rest.get(2..));
    let status = status.and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
    status.ok_or_else(|| "did not answer in HTTP".to_owned())
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    fn answering(answer: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/healthz", listener.local_addr().unwrap());
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1024];
            let read = stream.read(&mut request).unwrap();
            assert!(request[..read].starts_with(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:"));
            stream.write_all(answer.as_bytes()).unwrap();
        });
        url
    }

    #[test]
    fn only_200_is_healthy() {
        assert!(run(&answering("HTTP/1.1 200 OK\r\n\r\n")).is_ok());
        for answer in ["HTTP/1.1 503 Service Unavailable\r\n\r\n", "SSH-2.0-OpenSSH_9\r\n", ""] {
            assert!(run(&answering(answer)).is_err(), "{answer}");
        }
    }

    #[test]
    fn nobody_listening_is_unhealthy_and_https_is_not_spoken() {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        assert!(run(&format!("http://{free}/healthz")).is_err());
        assert!(run("https://127.0.0.1/healthz").is_err());
    }
}
