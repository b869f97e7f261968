//! Visitors: each sends requests to one server, sometimes with an entity tag.

use super::ask::Ask;
use super::check::{Answer, Visit};
use super::scene::Scene;
use flate2::read::GzDecoder;
use reqwest::{Client, header};
use std::collections::HashMap;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// The average pause of a visitor between two requests.
const PAUSE: Duration = Duration::from_millis(30);

/// Sends requests to a server until the run is over.
pub async fn visit(scene: Arc<Scene>, client: Client, server: usize, mut rng: fastrand::Rng) {
    let mut tags: HashMap<String, String> = HashMap::new();
    while !scene.is_over.load(Ordering::Relaxed) {
        let ask = Ask::any(&mut rng, scene.index.load(Ordering::Relaxed));
        if scene.doors[server].is_gate && !ask.is_of_tab_door() {
            continue;
        }
        let path = ask.path();
        let tag = tags.get(&path).filter(|_| rng.bool()).cloned();
        let before = scene.before(server);
        let visit = Visit {
            floor: scene.floor(server, &path),
            ask,
            tag,
        };
        let url = url(&scene, server, &visit.ask);
        let wants_gzip = rng.bool();
        let mut answer = send(&client, &url, &visit, wants_gzip).await;
        if answer.is_err() {
            // The server may close an idle connection at the same moment, so retry once like
            // other clients.
            answer = send(&client, &url, &visit, wants_gzip).await;
        }
        let meanwhile = scene.meanwhile(server, before);
        match answer {
            Ok(answer) => {
                if let (200, Some(tag)) = (answer.status, &answer.tag) {
                    tags.insert(path, tag.clone());
                }
                scene.answered(server, visit, meanwhile, &answer);
            }
            Err(error) => scene.broke(server, &visit, meanwhile, &error),
        }
        scene.visits.fetch_add(1, Ordering::Relaxed);
        sleep(PAUSE.mul_f64(0.5 + rng.f64())).await;
    }
}

fn url(scene: &Scene, server: usize, ask: &Ask) -> String {
    let doors = &scene.doors[server];
    let port = match ask.is_of_tab_door() {
        true => doors.tab,
        false => doors.internal,
    };
    format!("http://127.0.0.1:{port}{}", ask.path())
}

async fn send(
    client: &Client,
    url: &str,
    visit: &Visit,
    wants_gzip: bool,
) -> Result<Answer, String> {
    let begun = Instant::now();
    let mut request = match visit.ask.body() {
        Some(body) => client.post(url).json(&body),
        None => client.get(url),
    };
    if let Some(tag) = visit.tag.as_ref().filter(|_| visit.ask.is_of_tab_door()) {
        request = request.header(header::IF_NONE_MATCH, tag);
    }
    if wants_gzip {
        request = request.header(header::ACCEPT_ENCODING, "gzip");
    }
    let response = request.send().await.map_err(|error| format!("{error:?}"))?;
    let headers = response.headers().clone();
    let text = |name: &str| {
        headers
            .get(name)
            .and_then(|it| it.to_str().ok())
            .map(str::to_owned)
    };
    let status = response.status().as_u16();
    let bytes = response
        .bytes()
        .await
        .map_err(|error| format!("{error:?}"))?;
    let body = match text("content-encoding").as_deref() {
        Some("gzip") => {
            let mut body = String::new();
            let read = GzDecoder::new(&*bytes).read_to_string(&mut body);
            read.map_err(|error| format!("bad gzip: {error}"))?;
            body
        }
        _ => String::from_utf8_lossy(&bytes).into_owned(),
    };
    Ok(Answer {
        status,
        tag: text("etag"),
        is_marked: headers.contains_key("x-security-stale"),
        has_retry_after: headers.contains_key("retry-after"),
        body,
        took: begun.elapsed(),
    })
}
